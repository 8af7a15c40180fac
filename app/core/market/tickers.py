"""The tickers of a workspace: the published ones, and those that were added."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import ConflictError, LimitExceededError, NotFoundError
from synthmill.app.core.services import Services
from synthmill.generators.kernels.mix import key
from synthmill.generators.strategies.market.market import Market
from synthmill.generators.strategies.market.parameters import MarketParameters, market_of
from synthmill.generators.strategies.market.ticker_parameters import ticker_of
from synthmill.generators.strategies.market.tickers import PUBLISHED, Ticker
from synthmill.generators.strategies.market.ticks import Security

MAX_ADDED = 200
"""Tickers that a workspace may add."""
_SEEDS = 2**53
Added = models.MarketTicker


def list_tickers(services: Services, principal: Principal) -> list[Ticker]:
    """The published tickers, then the workspace's own in the order in which they were added."""
    with services.db.read() as session:
        added = _added(session, principal.workspace_id)
    return [*PUBLISHED.values(), *(ticker_of(one) for one in added)]


def add_ticker(services: Services, principal: Principal, parameters: dict[str, Any]) -> Ticker:
    """One more ticker, from loaded parameters. Raises ConflictError for a symbol that is taken."""
    ticker = ticker_of(parameters)
    taken = ConflictError(f"there is a ticker {ticker.symbol} already", "choose another symbol")
    if ticker.symbol in PUBLISHED:
        raise taken
    try:
        with services.db.write() as session:
            if len(_added(session, principal.workspace_id)) >= MAX_ADDED:
                raise LimitExceededError(
                    "ticker", f"the workspace has {MAX_ADDED} tickers of its own", "remove one first"
                )
            session.execute(
                insert(Added).values(
                    workspace_id=principal.workspace_id,
                    symbol=ticker.symbol,
                    parameters=parameters,
                    created_at=db_now(),
                )
            )
    except IntegrityError:
        raise taken from None
    return ticker


def remove_ticker(services: Services, principal: Principal, symbol: str) -> None:
    """Take a ticker out again that was added. Raises NotFoundError, and ConflictError for a published one."""
    if symbol in PUBLISHED:
        raise ConflictError(f"{symbol} is always there", "leave it unused")
    own = (Added.workspace_id == principal.workspace_id) & (Added.symbol == symbol)
    with services.db.write() as session:
        found = session.execute(delete(Added).where(own).returning(Added.symbol)).one_or_none()
    if found is None:
        raise NotFoundError("ticker", symbol)


def market_recipe(services: Services, principal: Principal) -> dict[str, Any]:
    """Strategy, parameters and seed with which a job makes the very ticks that are seen live."""
    with services.db.read() as session:
        added = _added(session, principal.workspace_id)
    return {
        "strategy": "market",
        "parameters": _parameters(services, added),
        "seed": _seed(principal.workspace_id),
    }


def security_of(services: Services, workspace_id: str, symbol: str) -> Security:
    """A ticker as part of its workspace's market. Raises NotFoundError."""
    with services.db.read() as session:
        added = [] if symbol in PUBLISHED else _added(session, workspace_id)
    market = _market(services, workspace_id, [one for one in added if one["ticker"] == symbol])
    if symbol not in market.securities:
        raise NotFoundError("ticker", symbol)
    return market.securities[symbol]


def _market(services: Services, workspace_id: str, added: list[dict[str, Any]]) -> Market:
    return market_of(MarketParameters().load(_parameters(services, added)), _seed(workspace_id))


def _parameters(services: Services, added: list[dict[str, Any]]) -> dict[str, Any]:
    return {"tickers": [*PUBLISHED, *added], "interval_ms": services.settings.market_interval_ms}


def _seed(workspace_id: str) -> int:
    """The same for every process, and another for every workspace; small enough for JavaScript."""
    return key(0, "market of", workspace_id) % _SEEDS


def _added(session: Session, workspace_id: str) -> list[dict[str, Any]]:
    query = (
        select(Added.parameters)
        .where(Added.workspace_id == workspace_id)
        .order_by(Added.created_at, Added.symbol)
    )
    return list(session.execute(query).scalars())
