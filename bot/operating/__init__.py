"""What the one who runs the store does at a terminal: opening, setting up, checking, keeping safe, looking after."""
