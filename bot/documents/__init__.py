"""Forms as files that can be printed: a paper is described once, and written as a sheet or as a PDF."""
