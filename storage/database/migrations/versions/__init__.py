"""One module per revision of the schema. They do not import the tables, which move on."""
