"""Pages as pictures, for the model and for people."""
