"""What the owner of every key can find out about who wrote a ballot: nothing."""

from protocol import ballots, blind_rsa, pss, tokens

SCOPE = "s-1/peer"
PAPERS = 6


def test_every_request_explains_every_ballot(signer: blind_rsa.SigningKey) -> None:
    """For each issue record and each ballot of a scope there is a blinding factor that explains the pair.

    It is found with the private key. A device draws all factors alike, so no pair is likelier than another.
    """
    tokens_drawn = [bytes([number]) * tokens.TOKEN_BYTES for number in range(PAPERS)]
    messages = [tokens.stamp_message(SCOPE, token) for token in tokens_drawn]
    requests = [blind_rsa.blind(signer.public_bytes, message) for message in messages]
    answers = [signer.blind_sign(request.message) for request in requests]
    found = [
        blind_rsa.finalize(signer.public_bytes, message, answer, request.inverse)
        for message, answer, request in zip(messages, answers, requests, strict=True)
    ]
    cast = [
        ballots.Ballot("c-1", SCOPE, "hash", ballots.Signed(token, signature))
        for token, signature in zip(tokens_drawn, found, strict=True)
    ]
    for request, answer in zip(requests, answers, strict=True):
        for ballot in cast:
            assert ballots.has_valid_stamp(ballot, signer.public_bytes)
            assert _explains(signer, request.message, answer, ballot)


def _explains(signer: blind_rsa.SigningKey, blinded: bytes, answer: bytes, ballot: ballots.Ballot) -> bool:
    """Whether the device could have sent this request and got this answer for this ballot."""
    message = tokens.stamp_message(ballot.scope, ballot.stamp.token)
    signature = int.from_bytes(ballot.stamp.signature, "big")
    encoded = pow(signature, blind_rsa.EXPONENT, signer.n).to_bytes(blind_rsa.BYTES, "big")
    factor = int.from_bytes(answer, "big") * pow(signature, -1, signer.n) % signer.n
    salt = _salt(encoded)
    again = blind_rsa.blind_with(signer.public_bytes, message, salt=salt, factor=factor)
    return (
        again.message == blinded
        and blind_rsa.finalize(signer.public_bytes, message, answer, again.inverse) == ballot.stamp.signature
    )


def _salt(encoded: bytes) -> bytes:
    """The salt in an encoded message: behind the mask (RFC 8017, section 9.1.2, steps 5 to 11)."""
    size = blind_rsa.BYTES - pss.HASH_BYTES - 1
    digest = encoded[size : size + pss.HASH_BYTES]
    mask = pss.mask(digest, size)
    return bytes(a ^ b for a, b in zip(encoded[:size], mask, strict=True))[-blind_rsa.SALT_BYTES :]
