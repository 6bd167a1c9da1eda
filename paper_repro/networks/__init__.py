"""What the campaign's records say: whole seeds, claims by regime, a picture and a page."""
