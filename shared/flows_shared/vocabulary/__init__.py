"""The words of which a column is one: each held equal to its CHECK by `tests/database/test_vocabulary.py`."""
