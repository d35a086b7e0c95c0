"""Pages for browsers and machines that are not a chat."""
