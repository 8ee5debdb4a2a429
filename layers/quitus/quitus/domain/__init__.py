"""The rules of rent collection: pure, without AWS, clock or input and output."""
