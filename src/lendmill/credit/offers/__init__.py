"""Ready offers: what each shop may have, worked out at night, so that the page has it at once in the morning."""
