"""When what is asked again, and what it means. Pure: values in, decisions out."""
