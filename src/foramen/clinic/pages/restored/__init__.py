"""After a restore: what to do, and the word of the lead that it is done."""
