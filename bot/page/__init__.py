"""The What Matters page: what somebody told us on one sheet, for them and theirs, and for the team."""
