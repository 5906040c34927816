"""Who calls: login, tokens, and the one Principal that everything else works with."""
