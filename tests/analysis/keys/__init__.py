"""What our functions give for each key of the reference data, module by module of a topic.

A function decorated with `@key` computes ours; `test_reference_keys` compares it with R's value.
"""
