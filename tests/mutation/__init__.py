"""Plants faults in a copy of the product and reports those that no test catches."""
