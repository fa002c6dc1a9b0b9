"""Filecoin and Arweave: bytes kept, shown piece by piece."""

from tests.app.networks.town import Town, free_part


def chunks(number: int) -> list[dict[str, object]]:
    return [{"sector": place, "chunk": f"{place:064x}"} for place in range(number)]


def test_filecoin_pays_kept_data_tenfold_and_audits_ask_for_a_chunk() -> None:
    with Town("filecoin", audits=100) as town:
        town.join("committed-capacity", "plain", "loser")
        town.join("verified-deals", "wanted")
        work = {"plain": (32_000, 10_000), "loser": (32_000, 10_000), "wanted": (32_000, 10_000)}
        kept = {name: chunks(5) for name in work}
        assert town.report(work, kept) == [3_200, 3_200, 32_000]
        town.close()
        town.report(work, kept)
        town.close()
        # Everybody is asked for a chunk of what was reported last; one has lost his disk and earns nothing.
        assert town.report(work, kept, lost=frozenset({"loser"})) == [3_200, 0, 32_000]
        town.close()
        town.close()
        paid = town.claim()

        first, second = town.expected(0), town.expected(1)
        third = town.expected(2, missed=frozenset({"loser"}))
        for name in work:
            shares = first[name], second[name], third[name]
            # The first share was settled with the third receipt, so two of ninety days of it have dripped out.
            held = first[name] - free_part(first[name])
            assert paid[name] == sum(map(free_part, shares)) + held * 2 // 90
            assert town.account(name).drip.locked == sum(shares) - paid[name]
        assert abs(first["wanted"] - 10 * first["plain"]) < 10
        assert third["loser"] == 0


def test_arweave_pays_replicas_out_of_what_is_emitted_over_time() -> None:
    with Town("arweave") as town:
        town.join("mining-node", "small", "large", "boaster")
        # Sixteen partitions are the most that counts; nineteen claimed are sixteen.
        units = town.report({"small": (4, 10_000), "large": (16, 9_500), "boaster": (19, 10_000)})
        assert units == [4, 15, 16]
        town.close()
        town.close()
        shares = town.expected(0)
        assert town.claim() == {name: free_part(share) for name, share in shares.items()}
        assert shares["boaster"] - 4 * shares["small"] in range(4)
