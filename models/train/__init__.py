"""How `models/incident` is made: data in, a calibrated ONNX int8 model with its card out.

Runs with the `train` extra only; nothing under `monitor` imports it.
"""
