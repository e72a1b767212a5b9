"""What the assistant explains: written, reviewable articles, one a topic and language; nothing here is generated."""
