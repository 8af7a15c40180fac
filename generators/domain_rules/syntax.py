"""What a domain rule's query may be: one SELECT over the tables, of functions that are known to be harmless.

A query comes from whoever wrote the recipe. It has to be a function of the rows alone, so that a report is,
too, and must reach nothing else. DuckDB parses it, and says what it found as a tree of JSON objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from synthmill.generators.errors import GrammarError, did_you_mean

_OPERATORS = "+ - * / // % ** ^ || ~ ~~ !~~ ~~* !~~* ~~~ & | << >> <= >= < > = != @"
_FUNCTIONS = """
abs acos asin atan atan2 cbrt ceil ceiling cos degrees exp floor fmod gcd greatest isfinite isnan lcm least
ln log log10 log2 mod pi pow power radians round sign sin sqrt tan trunc add subtract multiply divide ascii
char_length character_length chr concat concat_ws contains damerau_levenshtein ends_with hamming hash instr
jaccard jaro_similarity jaro_winkler_similarity lcase left length len levenshtein lower ltrim md5
nfc_normalize ord position prefix regexp_extract regexp_full_match regexp_matches regexp_replace replace
reverse right rtrim sha256 split_part starts_with strip_accents strlen strpos substr substring suffix
translate trim ucase unicode upper like_escape not_like_escape ilike_escape not_ilike_escape string_split
split str_split string_to_array age century date_add date_diff date_part date_sub date_trunc datediff
datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade epoch epoch_ms
epoch_us era hour isodow isoyear julian last_day make_date make_time make_timestamp microsecond millisecond
minute month monthname quarter second strftime strptime time_bucket to_centuries to_days to_decades to_hours
to_microseconds to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp to_weeks to_years
try_strptime week weekday weekofyear year yearweek array_contains array_extract array_length cardinality
element_at list_contains list_element list_extract list_has list_has_all list_has_any list_position
list_value map_contains map_extract map_keys map_values row struct_extract struct_pack unnest list_count
list_max list_min list_sum list_avg list_distinct list_sort array_to_string coalesce constant_or_null if
ifnull nullif typeof any_value approx_count_distinct arg_max arg_min argmax argmin avg bit_and bit_or
bit_xor bool_and bool_or corr count count_if count_star countif covar_pop covar_samp entropy favg first fsum
geomean kurtosis kurtosis_pop last mad max max_by mean median min min_by mode product quantile quantile_cont
quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
sem skewness stddev stddev_pop stddev_samp sum var_pop var_samp variance cume_dist dense_rank fill
first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number
"""
ALLOWED = frozenset((_OPERATORS + _FUNCTIONS).split())
"""Functions and operators of DuckDB that a query may use: they give the same for the same rows, read nothing
else, and none makes much of little, as `repeat` does."""

_TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
_CLOCK_AND_SESSION = frozenset(
    {
        "current_catalog", "current_date", "current_role", "current_schema", "current_time",
        "current_timestamp", "current_user", "localtime", "localtimestamp", "session_user", "user",
    }
)  # fmt: skip
"""What SQL writes like columns."""
_REFUSED_NODES = {
    "SHOW_REF": "DESCRIBE, SHOW and SUMMARIZE",
    "PIVOT": "PIVOT",
    "DELIM_GET": "internal nodes",
    "COLUMN_DATA": "internal nodes",
}

Columns = Mapping[str, Sequence[str]]
"""The tables by name, each with its columns."""


def parse_query(connection: Any, query: str) -> Any:
    """The tree of a query, as DuckDB has parsed it. Raises GrammarError for what isn't a single SELECT."""
    try:
        found = json.loads(connection.execute("SELECT json_serialize_sql(?)", [query]).fetchone()[0])
    except RecursionError:
        raise GrammarError("is nested too deep", "write it as several WITH queries") from None
    if found["error"]:
        reason = str(found["error_message"])
        if found.get("error_type") == "not implemented":
            raise GrammarError("isn't a SELECT", "write a SELECT over the tables")
        at = found.get("position")
        where = f" at character {int(at) + 1}" if at is not None else ""
        raise GrammarError(f"isn't SQL: {reason.splitlines()[0]}{where}", "write a SELECT that DuckDB reads")
    if len(found["statements"]) != 1:
        raise GrammarError(f"is {len(found['statements'])} statements", "write one SELECT")
    return found["statements"][0]


def check_query(tree: Any, tables: Columns) -> None:
    """Raises GrammarError for a query that reaches for more than the tables, or isn't a function of them."""
    known = {name.lower() for name in tables}
    columns = {column.lower() for names in tables.values() for column in names}
    of_tables = set()
    for node in _nodes(tree):
        known.update(name.lower() for name in _names_of_with(node))
        if node.get("type") == "TABLE_FUNCTION":
            of_tables.add(id(node["function"]))
    for node in _nodes(tree):
        kind = node.get("type")
        if isinstance(kind, str) and kind in _REFUSED_NODES:
            raise GrammarError(f"uses {_REFUSED_NODES[kind]}", "write a plain SELECT")
        if kind == "BASE_TABLE":
            _check_table(node, known, tables)
        elif kind == "TABLE_FUNCTION":
            _check_function(node["function"]["function_name"], _TABLE_FUNCTIONS, "table function")
        elif "function_name" in node and id(node) not in of_tables:
            _check_function(node["function_name"], ALLOWED, "function")
        elif kind == "COLUMN_REF":
            name = node["column_names"][0].lower()
            if len(node["column_names"]) == 1 and name in _CLOCK_AND_SESSION - columns:
                raise GrammarError(
                    f"uses {name}, which isn't a function of the rows", "compare with a fixed time"
                )
        if node.get("sample") is not None:
            raise GrammarError("takes a sample, which isn't a function of the rows", "check all rows")
        if node.get("ref_type") == "POSITIONAL":
            raise GrammarError("uses a POSITIONAL JOIN", "join by columns")


def columns_used(tree: Any, tables: Columns) -> dict[str, list[str]]:
    """By table that a query reads: at least the columns that it needs, and never none."""
    names, whole = set[str](), False
    known = {column.lower() for columns in tables.values() for column in columns}
    for node in _nodes(tree):
        kind = node.get("type")
        if kind == "COLUMN_REF":
            names.update(name.lower() for name in node["column_names"])
            # A name alone that is no column's may be a table's, which stands for all of a row.
            whole |= len(node["column_names"]) == 1 and node["column_names"][0].lower() not in known
        whole |= node.get("class") == "STAR" or node.get("ref_type") == "NATURAL"
        names.update(name.lower() for name in node.get("using_columns") or ())
    read = {str(node["table_name"]).lower() for node in _nodes(tree) if node.get("type") == "BASE_TABLE"}
    used = {}
    for table, columns in tables.items():
        if table.lower() in read:
            used[table] = [one for one in columns if whole or one.lower() in names] or list(columns[:1])
    return used


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """All objects of the tree, in no order."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _names_of_with(node: Mapping[str, Any]) -> Iterator[str]:
    """What a node's WITH calls its queries."""
    with_queries = node.get("cte_map")
    if isinstance(with_queries, dict):
        for entry in with_queries.get("map", ()):
            yield str(entry["key"])
    if isinstance(node.get("cte_name"), str):
        yield node["cte_name"]


def _check_table(node: Mapping[str, Any], known: set[str], tables: Columns) -> None:
    name = str(node["table_name"])
    if node.get("schema_name") or node.get("catalog_name") or name.lower() not in known:
        near = did_you_mean(name, tables)
        raise GrammarError(f"there is no table {name}{near}", f"tables: {', '.join(tables)}")


def _check_function(name: str, allowed: frozenset[str], what: str) -> None:
    if name.lower() not in allowed:
        raise GrammarError(
            f"uses the {what} {name}", "functions that a rule may use are listed in docs/conformance.md"
        )
