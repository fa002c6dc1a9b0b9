"""Work: epochs, and the receipts by which devices say what they did in them."""
