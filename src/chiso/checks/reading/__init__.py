"""Understanding what came back: documents, links, dates, sections. Pure, and afraid of input."""
