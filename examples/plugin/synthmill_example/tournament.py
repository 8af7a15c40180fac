"""The strategy `tournament`: every team plays every other, and the stronger one scores more goals."""

import numpy as np
import pyarrow as pa

import synthmill.plugins as sm


class TournamentParameters(sm.Parameters):
    teams = sm.WholeField("How many teams there are, an even number.", 2, 10_000, default=18, examples=[20])
    seasons = sm.WholeField("How often each plays each.", 1, 1_000, default=2, examples=[4])


class Tournament:
    name, title = "tournament", "Tournament"
    description = "Teams of different strength, and all the matches between them."
    Parameters = TournamentParameters

    def inputs(self, parameters):
        return ()

    def plan(self, parameters, seed, inputs):
        teams, seasons = parameters["teams"], parameters["seasons"]
        if teams % 2:
            raise sm.InvalidRequestError.one("teams", f"{teams} isn't even", f"give {teams + 1}")
        matches = seasons * (teams - 1) * teams // 2
        keys = tuple(sm.ForeignKey((side,), "teams", ("id",)) for side in ("home", "away"))
        names = ("id", "home", "away", "home_goals", "away_goals")
        tables = (
            sm.TablePlan("teams", teams, sm.MAX_BLOCK_ROWS, columns("id", "strength"), ("id",)),
            sm.TablePlan("matches", matches, sm.MAX_BLOCK_ROWS, columns(*names), ("id",), keys),
        )
        return sm.Plan(self.name, tables, {"teams": teams, "seed": seed})

    def cells(self, plan, table, start, stop, columns, results):
        rows, teams, seed = np.arange(start, stop), plan.data["teams"], plan.data["seed"]
        if table == "teams":
            make = {"id": lambda: rows, "strength": lambda: strength(seed, rows)}
        else:
            # The circle method: one team keeps its place, the others move on round by round.
            turn, place = rows // (teams // 2), rows % (teams // 2)
            one = (turn + place) % (teams - 1)
            other = np.where(place == 0, teams - 1, (turn - place) % (teams - 1))
            home, away = np.where(turn % 2, other, one), np.where(turn % 2, one, other)
            make = {
                "id": lambda: rows,
                "home": lambda: home,
                "away": lambda: away,
                "home_goals": lambda: goals(seed, "home", rows, home, away),
                "away_goals": lambda: goals(seed, "away", rows, away, home),
            }
        return {name: sm.Integers(make[name]()) for name in columns or make}


def columns(*names):
    return tuple(sm.ColumnPlan(name, pa.int64(), nullable=False, kind="integer") for name in names)


def strength(seed, teams):
    draws = sm.mix(sm.key(seed, "teams", "strength"), teams.astype(np.uint64))
    return sm.bounded(draws, 100).astype(np.int64) + 1


def goals(seed, side, rows, team, other):
    """Of six chances, each taken with a probability that follows from the strength of both teams."""
    mine, theirs = strength(seed, team), strength(seed, other)
    keys = [sm.key(seed, "matches", side, str(chance)) for chance in range(6)]
    draws = [sm.open_unit(sm.mix(key, rows.astype(np.uint64))) for key in keys]
    return sum((draw < mine / (mine + theirs)).astype(np.int64) for draw in draws)


STRATEGY = Tournament()
