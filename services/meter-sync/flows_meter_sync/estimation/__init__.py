"""Energy for half hours without a reading, by named methods; marked, and gone when a reading comes."""
