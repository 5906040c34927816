"""Every table and view of a database over HTTP, in PostgREST's dialect: request -> plan -> SQL -> response.

This part knows nothing of Flows: it is told which schemas to expose, and asks its host who calls.
"""
