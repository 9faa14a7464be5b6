CREATE TABLE replies (
    question TEXT PRIMARY KEY, -- a hash of all that decides the answer; the prompt itself is not kept
    asked TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    text TEXT NOT NULL,
    finish TEXT NOT NULL,
    model TEXT NOT NULL
)
