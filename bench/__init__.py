"""Measures the product beside a bare twin on one engine: what it costs in CPU, time, history, money and memory."""
