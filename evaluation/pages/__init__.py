"""What the HTML pages of all reports are made of: markup that is escaped by construction, blocks, one style."""
