"""Many episodes: every script of a folder, on this machine's cores or on a cluster.

`found` says which scripts are episodes, `listing` what each is made of, `run` has what is missing made. The work itself
goes to benches (`bench`): processes that do one `task` after another (`hand`). `here` keeps some on this machine,
`cluster` asks for one on each worker of a Dask cluster; both are a `Works` to `run`.
"""
