"""The judge's room: what runs tests in the project's interpreter, and what it says about them."""
