"""What the chain does, module by module; `chain/app.py` is the one file that names and wires them."""
