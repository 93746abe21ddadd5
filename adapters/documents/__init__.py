"""Documents as files: PDF through reportlab, and the address where they are fetched."""
