"""The main job of Quitus shown end to end: a synthetic landlord, its bank and its ERP, through the contract alone."""
