"""Examples of what the pipeline can be pointed at; nothing here is part of the product."""
