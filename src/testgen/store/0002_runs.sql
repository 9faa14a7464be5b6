CREATE TABLE runs (
    started TEXT NOT NULL, -- ISO 8601, UTC
    source TEXT NOT NULL, -- from the project's root
    model TEXT NOT NULL,
    stop TEXT NOT NULL,
    candidates INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    lines_before REAL NOT NULL, -- per cent, as the branches
    lines_after REAL NOT NULL,
    branches_before REAL NOT NULL,
    branches_after REAL NOT NULL,
    calls INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    cost REAL -- US dollars; null: not known
)
