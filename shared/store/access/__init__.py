"""The access register at rest: companies, clients, rights, applications, and the events that made them so.

`companies`: `{_id, name, agreements: [{number, from, until}]}`. `clients`: `{_id, company, roles, stations, agreement,
keys: [{fingerprint, not_before, not_after, registered_at, revoked_at}], ended_at}`. `rights`: `{_id, company, client,
line | node, lines, use_from, use_until, days_from, days_until, agreement, delegated_by, revoked_at}`. Periods are gas
days as texts, the second one not included; moments are dates of the store. `persons`: `{_id: a client or application,
name, email}`, the only place with data of persons: who is erased there is nowhere else. `applications`: see
`shared/store/access/applications.py`. `access_events`: `{_id: 1, 2, 3 ..., at, by, what, of, told, previous, hash}`,
chained by their hashes and written with what they changed; `access_head`: `{_id: "head", events}`, how many there are.
"""
