"""What admins, the authority, the manufacturer and operators of nodes do: the last part of the machine."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2, networks_pb2, tx_pb2
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.pb.lamppost.reward_emission.v1 import tx_pb2 as emission_pb
from chain.pb.lamppost.work.v1 import tx_pb2 as work_pb
from chain.sdk.module import Json
from modules.device_registry.params import params_to_proto
from modules.device_registry.state import params as registry_params
from modules.reward_emission.params import MAX_DECAY, Params
from modules.work.params import Params as WorkParams
from tests.modules.device_registry.world import caps
from tests.properties.lives_machine import INDEX, MOSTLY, TALLY
from tests.properties.lives_things import Lot
from tests.properties.lives_work import NETWORK, Workers
from tests.properties.lives_world import batch_message


class Lives(Workers):
    """Everything that happens to devices."""

    # --- authority --------------------------------------------------------------------------------------------

    @rule(
        holdback=st.sampled_from((3_000, 0, 5_000, 1)),
        release=st.sampled_from((4, 1, 9)),
        kappa=st.sampled_from((5_000, 0, 900)),
        split=st.sampled_from(((4_000, 2_500), (0, 5_000), (9_000, 0), (1, 1))),
        decay=st.sampled_from((MAX_DECAY, 0, 2**50)),
        decline=st.sampled_from(((250, 7), (2_500, 1), (0, 0))),
        again=st.sampled_from((10**11, 10**15, 0)),
    )
    def emission_params(
        self, holdback: int, release: int, kappa: int, split: Any, decay: int, decline: Any, again: int
    ) -> None:
        """The authority changes what is emitted, for whom, and how it is held back."""
        params = Params(
            decay=decay,
            usage_bp=split[0],
            availability_bp=split[1],
            stakers_bp=0,
            attesters_bp=0,
            delegators_bp=0,
            decline_bp=decline[0],
            decline_epochs=decline[1],
            reemission_cap=again,
            holdback_bp=holdback,
            release_epochs=release,
            usage_kappa_bp=kappa,
        )
        self.life.quiet()
        message = emission_pb.MsgUpdateParams(authority=self.life.address("council"), params=params.to_proto())
        assert params.fault() is None
        assert self.run(message, "council").code == 0
        self.life.model.books.params = params

    @rule(
        audits=st.sampled_from((2, 0, 5, 50)),
        strikes=st.integers(1, 3),
        epochs=st.sampled_from((2, 1, 6)),
        bp=st.sampled_from((5_000, 0, 10_000)),
        seconds=st.sampled_from((1_000, 300, 60)),
    )
    def work_params(self, audits: int, strikes: int, epochs: int, bp: int, seconds: int) -> None:
        """The authority changes audits and the length of epochs."""
        self.life.quiet()
        params = WorkParams(seconds, 256, audits, strikes, epochs, bp)
        message = work_pb.MsgUpdateParams(authority=self.life.address("council"), params=params.to_proto())
        assert self.run(message, "council").code == 0
        self.life.model.rules = replace(
            self.life.model.rules, audits=audits, max_strikes=strikes, suspension_epochs=epochs, forfeit_bp=bp
        )

    @rule(
        bond=st.sampled_from((10**6, 0, 7)),
        price=st.sampled_from((1_000, 0, 10**9)),
        seconds=st.sampled_from((2_500, 0)),
    )
    def registry_params(self, bond: int, price: int, seconds: int) -> None:
        """The authority changes bonds and the price of moves."""
        self.life.quiet()
        params = registry_params.require(self.life.chain.ctx())
        changed = replace(params, device_bond=bond, move_price=price, bond_seconds=seconds)
        message = tx_pb2.MsgUpdateParams(authority=self.life.address("council"), params=params_to_proto(changed))
        assert self.run(message, "council").code == 0
        self.life.model.rules = replace(self.life.model.rules, device_bond=bond, move_price=price, bond_seconds=seconds)

    @rule(
        network=NETWORK,
        limits=st.sampled_from(((1, 1, 1), (10, 20, 30), (5, 5, 40), (2**40,) * 3)),
        level=st.sampled_from((5_000, 1, 7_000)),
    )
    def terms(self, network: int, limits: tuple[int, int, int], level: int) -> None:
        """A network's terms change, with notice."""
        self.life.quiet()
        net = self.life.model.nets[network]
        levels = (level, 7_000, 9_000, 10_000)
        message = tx_pb2.MsgUpdateNetwork(
            admin=self.life.address(net.admin),
            network=network,
            location_caps=caps(*limits) if net.is_prn else [],
            level_weights=levels,
        )
        result = self.run(message, net.admin)
        assert (result.code == 0) is net.is_open, result.log
        if net.is_open:
            first = self.life.model.epoch + 2
            net.terms = [terms for terms in net.terms if terms[0] < first]
            net.terms.append((first, limits if net.is_prn else (), levels))

    @rule(network=NETWORK, weight=st.sampled_from((6_000, 3_000, 1, 0)))
    def weight(self, network: int, weight: int) -> None:
        """A network's share of the emission changes."""
        self.life.quiet()
        message = tx_pb2.MsgSetNetworkWeight(authority=self.life.address("council"), network=network, weight_bp=weight)
        nets = self.life.model.nets
        total = sum(net.weight for number, net in nets.items() if number != network) + weight
        works = nets[network].is_open and total <= 10_000
        assert (self.run(message, "council").code == 0) is works
        if works:
            nets[network].weight = weight

    @rule(network=NETWORK, sure=st.sampled_from((True, *[False] * 9)))
    def close_network(self, network: int, sure: bool) -> None:
        """A network closes, when nobody lives in it; seldom."""
        if not sure:
            return
        self.life.quiet()
        net = self.life.model.nets[network]
        alive = any(u.network == network and u.status != "retired" for u in self.life.model.units.values())
        message = tx_pb2.MsgCloseNetwork(admin=self.life.address(net.admin), network=network)
        result = self.run(message, net.admin)
        works = net.is_open and not alive
        assert (result.code == 0) is works, result.log
        if works:
            net.is_open, net.weight = False, 0
            self.life.model.registry -= 1_000
            self.life.model.cash[net.admin] += 1_000

    @rule(
        what=st.sampled_from(
            (
                "strike",
                "strike",
                "suspended",
                "active",
                "active",
                "model",
                "model",
                "model active",
                "close batch",
                "revoke batch",
                "issue",
                "issue",
            )
        ),
        number=INDEX,
    )
    def vouching(self, what: str, number: int) -> None:
        """Strikes, suspensions, models, and batches that end."""
        self.life.quiet()
        if what == "strike":
            self.strike()
        elif what == "issue":
            self.issue(number)
        else:
            self.stop(what, number)

    def strike(self) -> None:
        """Strike the manufacturer."""
        maker = self.life.model.makers[1]
        message = manufacturers_pb2.MsgStrikeManufacturer(
            authority=self.life.address("council"), manufacturer=1, reason="cloned keys"
        )
        assert (self.run(message, "council").code == 0) is (maker.status != "revoked")
        maker.strikes += maker.status != "revoked"
        if maker.strikes >= 3 and maker.status != "revoked":
            maker.status = "suspended"

    def issue(self, number: int) -> None:
        """Issue the same keys once more."""
        life, maker = self.life, self.life.model.makers[1]
        model = 3 + number % 2
        if len(life.model.lots) >= 4:
            return
        result = self.run(batch_message(life.chain, model, maker.signatures), "maker")
        works = maker.status == "active" and life.model.models[model].status == "active"
        works = works and life.model.nets[life.model.models[model].network].is_open
        assert (result.code == 0) is works, result.log
        if works:
            maker.signatures += 1
            life.model.lots[len(life.model.lots) + 1] = Lot(model)

    def stop(self, what: str, number: int) -> None:
        """Change a manufacturer's, a model's or a batch's status."""
        model, life = self.life.model, self.life
        target: Any
        message: Any
        status: Any
        if what in ("active", "suspended"):
            target, signer = model.makers[1], "council"
            status = manufacturers_pb2.ManufacturerStatus.Value(f"MANUFACTURER_STATUS_{what.upper()}")
            message = manufacturers_pb2.MsgSetManufacturerStatus(
                authority=life.address(signer), manufacturer=1, status=status
            )
            works, after = target.status not in (what, "revoked"), what
        elif what.startswith("model"):
            number = number % 5 + 1
            target, signer = model.models[number], model.nets[model.models[number].network].admin
            after = "active" if what == "model active" or target.status == "suspended" else "suspended"
            status = types.ModelStatus.Value(f"MODEL_STATUS_{after.upper()}")
            message = tx_pb2.MsgSetModelStatus(admin=life.address(signer), model=number, status=status)
            works = target.status != after and model.nets[target.network].is_open
        else:
            number = number % len(model.lots) + 1
            target, signer, after = model.lots[number], "maker", "revoked" if what == "revoke batch" else "closed"
            kind = manufacturers_pb2.MsgRevokeBatch if after == "revoked" else manufacturers_pb2.MsgCloseBatch
            message = kind(batch=number, **{"signer" if after == "revoked" else "owner": life.address("maker")})
            works = target.status == "active" or (target.status == "closed" and after == "revoked")
        result = self.run(message, signer)
        assert (result.code == 0) is works, (what, result.log)
        if works:
            target.status = after
            if what == "active":
                target.strikes = 0

    @rule(network=NETWORK, to=st.sampled_from(("carol", "founder")), right=MOSTLY)
    def hand_over(self, network: int, to: str, right: bool) -> None:
        """A network goes to another admin in two steps, or not to somebody else."""
        self.life.quiet()
        net, address = self.life.model.nets[network], self.life.address
        offered = networks_pb2.MsgOfferNetwork(admin=address(net.admin), network=network, new_admin=address(to))
        assert (self.run(offered, net.admin).code == 0) is (net.is_open and to != net.admin)
        if not net.is_open or to == net.admin:
            return
        self.life.quiet()
        taker = to if right else "bob"
        accepted = networks_pb2.MsgAcceptNetwork(new_admin=address(taker), network=network)
        assert (self.run(accepted, taker).code == 0) is right
        if right:
            net.admin = to

    @rule(sure=st.sampled_from((True, *[False] * 14)))
    def end_of_the_manufacturer(self, sure: bool) -> None:
        """The authority revokes the manufacturer, once, and its bond burns; seldom, because all its devices stop."""
        if not sure:
            return
        self.life.quiet()
        maker, council = self.life.model.makers[1], self.life.address("council")
        revoked = manufacturers_pb2.MANUFACTURER_STATUS_REVOKED
        message = manufacturers_pb2.MsgSetManufacturerStatus(authority=council, manufacturer=1, status=revoked)
        assert (self.run(message, "council").code == 0) is (maker.status != "revoked")
        if maker.status != "revoked":
            maker.status = "revoked"
            self.life.model.registry -= maker.bond
            self.life.model.books.burn(maker.bond)

    # --- nodes ------------------------------------------------------------------------------------------------

    @rule()
    def restart(self) -> None:
        """The node goes down and comes back."""
        self.life.chain.restart()
        self.life.blocks += 1

    @rule()
    def start_anew(self) -> None:
        """The export starts another chain, which has the same books and goes on."""
        self.life.quiet()
        exported = self.life.chain.export()
        self.life.start_anew(exported)
        again = self.life.chain.export()
        assert timeless(again) == timeless(exported)
        TALLY["imports"] += 1


def timeless(state: Json) -> Json:
    """Return an export without the bits of blocks' hashes and what the runtime keeps of blocks."""
    kept = {name: state[name] for name in ("auth", "bank", "device_registry", "reward_emission", "work")}
    return kept | {"work": {**state["work"], "beacon": state["work"]["beacon"]["devices"]}}
