"""What the keys of a record say of its values: words in many languages, siblings, layouts, values in parts."""
