"""What languages read with tree-sitter share: pieces of a file, splitting, merging, the first gate."""
