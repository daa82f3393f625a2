"""How `models/incident/growth.json` is made: `python -m models.train.growth`.

Needs scikit-learn and the cascades of the data folder; no PyTorch.
"""
