"""Comparison over years and with peers."""

from chiso.comparison.change import Change, Gap, change, gap
from chiso.comparison.effects import Effects, RankEffects, Unsplit, split_ranks, split_scores
from chiso.comparison.history import Bridge, History
from chiso.comparison.peers import Peers, peers
from chiso.comparison.profile import Profile, TopYears, node_of, profile, top_years

__all__ = [
    "Bridge",
    "Change",
    "Effects",
    "Gap",
    "History",
    "Peers",
    "Profile",
    "RankEffects",
    "TopYears",
    "Unsplit",
    "change",
    "gap",
    "node_of",
    "peers",
    "profile",
    "split_ranks",
    "split_scores",
    "top_years",
]
