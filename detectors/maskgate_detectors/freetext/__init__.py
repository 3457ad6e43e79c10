"""Names and places in free text: which texts are read, by which model, and what of it is believed."""
