"""How a value is masked: one operator a file, registered in the catalogue."""
