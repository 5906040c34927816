"""From usage and prices to what is owed: functions over values, in exact decimals."""
