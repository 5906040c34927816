"""What a request means for this schema: names found in the schema cache, values still values, no SQL yet."""
