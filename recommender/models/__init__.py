"""Models of which products belong together; each is fitted by one function and is a matrix of neighbours."""
