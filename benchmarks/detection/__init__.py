"""How much the detectors miss and spoil, on generated and hand-written records (``python -m benchmarks.detection``)."""
