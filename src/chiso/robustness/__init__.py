"""How firm a rank is: composite-indicator methods, uncertainty, sensitivity."""
